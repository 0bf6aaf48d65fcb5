import { describe, expect, it } from "vitest";
import { type HoldReceipt, machineDigest, Receipts } from "./receipt.js";

const receipt: HoldReceipt = {
  holdId: "h",
  orderId: "o",
  organisationId: "c",
  digest: "d",
  startBefore: new Date("2026-06-01T12:05:00Z"),
};
const vm = {
  name: "web",
  image: "Debian 13",
  vcpus: 1,
  memoryBytes: 2n ** 31n,
  disks: [{ name: "vda", sizeBytes: 25n * 2n ** 30n, storage: "SSD" as const }],
};

describe("a receipt of a hold", () => {
  it("comes back as it was signed", async () => {
    const receipts = new Receipts("a secret of the house");
    expect(await receipts.verify(await receipts.sign(receipt))).toEqual(receipt);
  });

  it("is nothing when changed, signed by somebody else, or unsigned", async () => {
    const receipts = new Receipts("a secret of the house");
    const token = await receipts.sign(receipt);
    const [header, , signature] = token.split(".");
    const forged = Buffer.from(JSON.stringify({ ...receipt, orderId: "other" })).toString("base64url");
    expect(await receipts.verify(`${header}.${forged}.${signature}`)).toBeNull();
    expect(await receipts.verify(await new Receipts("another house").sign(receipt))).toBeNull();
    const none = Buffer.from('{"alg":"none"}').toString("base64url");
    expect(await receipts.verify(`${none}.${forged}.`)).toBeNull();
    expect(await receipts.verify("nonsense")).toBeNull();
  });

  it("names a machine by its facts, whatever the order they come in", () => {
    const { disks, memoryBytes, vcpus, image, name } = vm;
    expect(machineDigest({ disks, memoryBytes, vcpus, image, name })).toBe(machineDigest(vm));
    expect(machineDigest({ ...vm, vcpus: 2 })).not.toBe(machineDigest(vm));
  });
});
