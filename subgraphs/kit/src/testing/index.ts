export {
  createDatabase,
  requestCaller,
  TEST_SECRET,
  TestSubgraph,
  type TestTree,
  testTree,
  until,
} from "./fixtures.js";
