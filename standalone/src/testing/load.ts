import { Worker } from "node:worker_threads";

/** Keeps this many cores busy until it is ended. */
export const burn = (cores: number): { end: () => Promise<void> } => {
  const workers = Array.from({ length: cores }, () => new Worker("for (;;) Math.sqrt(Math.random());", { eval: true }));
  return {
    end: async () => {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
};
