import { type DocumentNode, getOperationAST, type OperationDefinitionNode } from "graphql";
import { refusal } from "../observe/errors.js";

/**
 * The operation of a document that a request means: the one of that name, or the only one.
 * @throws GraphQLError INVALID_INPUT when there is none of that name, or none is named among several
 */
export function chosenOperation(document: DocumentNode, operationName: string | null): OperationDefinitionNode {
  const operation = getOperationAST(document, operationName);
  if (operation) return operation;
  const reason =
    operationName === null
      ? "The document has several operations: say which by operationName"
      : `The document has no operation named "${operationName}"`;
  throw refusal("INVALID_INPUT", reason);
}
