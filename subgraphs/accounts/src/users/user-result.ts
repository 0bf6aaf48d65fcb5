import { ConflictProblem, InvalidInputProblem, NotFoundProblem, resultUnion } from "@tollgate/kit/graphql";
import { User } from "./users.types.js";

/** What a mutation of one person answers, whoever they are. */
export const UserResult = resultUnion("UserResult", [User], [NotFoundProblem, InvalidInputProblem, ConflictProblem]);
