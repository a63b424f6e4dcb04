throw new Error("1 calls came out of 2 entries");
