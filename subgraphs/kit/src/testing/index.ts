export { createDatabase, TEST_SECRET } from "./databases.js";
export { exampleSubgraph } from "./example/example.js";
export {
  requestCaller,
  TestSubgraph,
  type TestTree,
  testTree,
  until,
} from "./fixtures.js";
export { TestIdentity } from "./identity.js";
export { tellSetting } from "./settings.js";
export { recordSpans, type SpanRecorder, type SpanTree } from "./spans.js";
