import { describe, expect, it } from "vitest";
import { requestCaller } from "../testing/index.js";
import { enclose, unclose } from "./envelope.js";

describe("what the gateway tells a subgraph in another process", () => {
  it("brings the tokens of cookies along", () => {
    const caller = requestCaller(null, { refreshToken: "a refresh token", deviceToken: "a device's token" });
    const told = unclose(JSON.parse(JSON.stringify({ tollgate: enclose(caller) })));
    expect(told).toMatchObject({ refreshToken: "a refresh token", deviceToken: "a device's token" });
  });

  it("knows of no device where an older gateway says nothing of one", () => {
    const { deviceToken: _, ...older } = enclose(requestCaller(null));
    expect(unclose({ tollgate: older })).toMatchObject({ refreshToken: null, deviceToken: null });
  });
});
