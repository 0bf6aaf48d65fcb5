// Breaks: no-subgraph-imports-another, domain-knows-no-graphql, subgraph-imports-only-the-kit.
import { GraphQLError } from "graphql";
import { plan } from "../../../../gateway/src/plan.js";
import { vm } from "../../../telemetry/src/vm/vm.js";

export const wallet = [GraphQLError, plan, vm];
