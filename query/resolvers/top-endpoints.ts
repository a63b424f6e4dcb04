export const topEndpoints = { Query: {} };
