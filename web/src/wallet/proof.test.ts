import { expect, it } from "vitest";
import { proofProblem } from "./proof.js";

const PDF = { type: "application/pdf", size: 1_000 };

it("takes PDF and pictures within the size that the server allows", () => {
  expect(proofProblem(PDF, null)).toBeNull();
  expect(proofProblem(PDF, 1_000)).toBeNull();
});

it("refuses other, empty and oversized files in words", () => {
  expect(proofProblem({ type: "text/html", size: 10 }, null)).toMatch(/PDF, PNG or JPEG/);
  expect(proofProblem({ ...PDF, size: 0 }, null)).toMatch(/empty/);
  expect(proofProblem({ ...PDF, size: 6_000_000 }, 5_242_880)).toBe("This file is too large: at most 5 MB.");
});
