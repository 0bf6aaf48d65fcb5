import { type DocumentNode, Kind, OperationTypeNode } from "graphql";

/**
 * Root fields that are about the person who asks, or that nobody has to be signed in for. They are asked as oneself also
 * while one acts for another organisation: there the person has no place, and no notification.
 */
export const OWN_FIELDS: ReadonlySet<string> = new Set([
  "acceptInvitation",
  "changePassword",
  "configureMfa",
  "configureNotifications",
  "confirmAuthenticator",
  "dataExport",
  "endAllSessions",
  "endSession",
  "exportMyData",
  "invitation",
  "isSignUpOpen",
  "markNotificationsRead",
  "me",
  "myDataExport",
  "notificationPreferences",
  "notificationReceived",
  "permissions",
  "refreshSession",
  "registerWorkerNode",
  "renewRecoveryCodes",
  "requestEmailChange",
  "requestEmailVerification",
  "requestPasswordReset",
  "resendChallenge",
  "resetPassword",
  "sendHeartbeat",
  "sessions",
  "signIn",
  "signOut",
  "signUp",
  "startAuthenticator",
  "updateProfile",
  "verifyChallenge",
  "verifyEmail",
]);

/** Whether an operation is about the person alone. One document asks for one of the two, never both. */
export function isAboutOneself(document: DocumentNode): boolean {
  return document.definitions.some(
    (definition) =>
      definition.kind === Kind.OPERATION_DEFINITION &&
      Object.values(OperationTypeNode).includes(definition.operation) &&
      definition.selectionSet.selections.some(
        (selection) => selection.kind === Kind.FIELD && OWN_FIELDS.has(selection.name.value),
      ),
  );
}
