import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// Host stays the page's own: the server refuses what a page from another address asks.
const SERVER = { target: "http://127.0.0.1:12800", changeOrigin: false };

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwindcss()],
  build: { outDir: "dist", emptyOutDir: true, chunkSizeWarningLimit: 1_000 },
  server: { host: "127.0.0.1", port: 5173, proxy: { "/graphql": SERVER, "/healthz": SERVER } },
});
