import {
  connectionType,
  DateTime,
  Directive,
  Field,
  graphEnum,
  ID,
  InputType,
  Int,
  NotFoundProblem,
  ObjectType,
  resultUnion,
  Severity,
} from "@tollgate/kit/graphql";
import type { NotificationKind as Kind } from "./notification.schema.js";

export const NotificationKind: { [Key in Kind]: Key } = graphEnum(
  "NotificationKind",
  "What it is about.",
  "INCIDENT",
  "PROVISIONING",
  "WALLET",
  "TOP_UP",
  "INVOICE",
  "CONVERSATION",
  "WHATSAPP",
  "SECURITY",
  "MEMBER",
  "SYSTEM",
);

@Directive("@authenticated")
@ObjectType({ description: "Something a person is told. link is a path in the web app." })
export class Notification {
  @Field(() => ID)
  id: string;

  @Field(() => NotificationKind)
  kind: Kind;

  @Field(() => Severity)
  severity: keyof typeof Severity;

  @Field(() => String)
  title: string;

  @Field(() => String)
  body: string;

  @Field(() => String, { nullable: true })
  link: string | null;

  @Field(() => DateTime)
  at: Date;

  @Field(() => DateTime, { nullable: true })
  readAt: Date | null;
}

export const NotificationConnection = connectionType("Notification", () => Notification, { totalCount: false });
Field(() => Int)(NotificationConnection.prototype, "unreadCount");

@ObjectType({ description: "A new notification and the count it makes." })
export class NotificationReceived {
  @Field(() => String)
  cursor: string;

  @Field(() => Notification)
  notification: object;

  @Field(() => Int)
  unreadCount: number;
}

@ObjectType({ description: "What is left unread." })
export class NotificationsRead {
  @Field(() => Int)
  unreadCount: number;
}

export const MarkNotificationsReadResult = resultUnion(
  "MarkNotificationsReadResult",
  [NotificationsRead],
  [NotFoundProblem],
);

@InputType()
export class MarkNotificationsReadInput {
  @Field(() => [ID], { nullable: true })
  ids?: string[] | null;
}
