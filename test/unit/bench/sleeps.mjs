setTimeout(() => console.log("1"), 30_000);
