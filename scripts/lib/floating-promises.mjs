// Biome's rule against floating promises follows types through our own files, but not into packages: `sql.end();` passes.
// This one asks the compiler (TypeScript 6, because 7 has no interface for programs yet) and so knows every type.
import { join, relative } from "node:path";
import ts from "typescript";
import { filesIn } from "./hash.mjs";
import { root } from "./run.mjs";

/**
 * Statements whose value is a promise that nobody awaits, returns, catches or marks with `void`.
 *
 * @param {string} config path of a tsconfig whose options apply
 * @param {string[]} files from the checkout's root
 * @returns {string[]} such as "web/src/app.ts:12:3 floating promise: sql.end()"
 */
export function floatingPromises(config, files) {
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: complain };
  const parsed = ts.getParsedCommandLineOfConfigFile(join(root, config), { noEmit: true }, host);
  if (parsed === undefined) throw new Error(`${config} cannot be read`);
  const options = { ...parsed.options, composite: false, incremental: false, customConditions: ["tollgate-src"] };
  delete options.tsBuildInfoFile;
  const names = files.map((file) => join(root, file));
  const program = ts.createProgram({ rootNames: names, options });
  const checker = program.getTypeChecker();
  return names.flatMap((name) => {
    const source = program.getSourceFile(name);
    return source === undefined
      ? []
      : statementsIn(source)
          .filter((node) => floats(checker, node))
          .map(describe);
  });
}

/** The files that the two compilers' settings are for: the server's and the browser's. */
export function sourceFiles() {
  const isSource = (/** @type {string} */ path) => /\.tsx?$/.test(path) && !path.endsWith(".d.ts");
  return {
    server: filesIn([
      "gateway/src",
      "schema/src",
      "schema/client/src",
      "schema/examples",
      "standalone/src",
      "subgraphs",
    ]).filter(isSource),
    web: filesIn(["web/src"]).filter(isSource),
  };
}

/**
 * @param {ts.Diagnostic} diagnostic
 */
function complain(diagnostic) {
  throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n"));
}

/**
 * @param {ts.SourceFile} source
 */
function statementsIn(source) {
  /** @type {ts.ExpressionStatement[]} */
  const found = [];
  const visit = (/** @type {ts.Node} */ node) => {
    if (ts.isExpressionStatement(node)) found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/**
 * @param {ts.TypeChecker} checker
 * @param {ts.ExpressionStatement} statement
 */
function floats(checker, { expression }) {
  if (ts.isAwaitExpression(expression) || ts.isVoidExpression(expression)) return false;
  // What is assigned is somebody's to await.
  if (ts.isBinaryExpression(expression) && isAssignment(expression.operatorToken.kind)) return false;
  return isPromise(checker, checker.getTypeAtLocation(expression), expression) && !isHandled(expression);
}

/**
 * @param {ts.SyntaxKind} operator
 */
function isAssignment(operator) {
  return operator >= ts.SyntaxKind.FirstAssignment && operator <= ts.SyntaxKind.LastAssignment;
}

/**
 * @param {ts.TypeChecker} checker
 * @param {ts.Type} type
 * @param {ts.Node} at
 * @returns {boolean}
 */
function isPromise(checker, type, at) {
  if (type.isUnion()) return type.types.some((part) => isPromise(checker, part, at));
  if ((type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.Never)) !== 0) return false;
  if (checker.isArrayType(type)) {
    const [element] = checker.getTypeArguments(/** @type {ts.TypeReference} */ (type));
    return element !== undefined && isPromise(checker, element, at);
  }
  // Fastify's reply can be awaited, but is a builder: `reply.header(…)` starts nothing.
  if (type.symbol?.name === "FastifyReply") return false;
  const then = checker.getPropertyOfType(type, "then");
  return then !== undefined && checker.getTypeOfSymbolAtLocation(then, at).getCallSignatures().length > 0;
}

/**
 * `.catch(handler)` and `.then(handler, handler)` look after a rejection.
 *
 * @param {ts.Expression} expression
 * @returns {boolean}
 */
function isHandled(expression) {
  if (!ts.isCallExpression(expression) || !ts.isPropertyAccessExpression(expression.expression)) return false;
  const { name, expression: promise } = expression.expression;
  if (name.text === "catch") return expression.arguments.length > 0;
  if (name.text === "then") return expression.arguments.length > 1;
  return name.text === "finally" && isHandled(promise);
}

/**
 * @param {ts.ExpressionStatement} statement
 */
function describe(statement) {
  const source = statement.getSourceFile();
  const { line, character } = source.getLineAndCharacterOfPosition(statement.getStart());
  const words = statement.getText().split("\n")[0];
  return `${relative(root, source.fileName)}:${line + 1}:${character + 1} floating promise: ${words}`;
}
