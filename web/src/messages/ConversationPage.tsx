import "@mantine/core/styles/Input.css";
import { NetworkStatus } from "@apollo/client";
import { useApolloClient, useMutation, useQuery } from "@apollo/client/react";
import { Button, Textarea } from "@mantine/core";
import { Link, useParams } from "@tanstack/react-router";
import { type FormEvent, useEffect, useState } from "react";
import { codeOf } from "../api/problems.js";
import { useMay, useServices } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { EmptyState } from "../components/EmptyState.js";
import { LoadMore } from "../components/LoadMore.js";
import { PageHeader } from "../components/PageHeader.js";
import { ProblemText } from "../components/ProblemText.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { useIntent } from "../components/use-intent.js";
import { useVisible } from "../components/use-visible.js";
import {
  ConversationDocument,
  type ConversationQuery,
  MarkConversationReadDocument,
  MessageAddedDocument,
  SendMessageDocument,
} from "../gql/graphql.js";
import { addMessage } from "./conversation-cache.js";
import { MessageBubble } from "./MessageBubble.js";
import classes from "./Messages.module.css";

const ABOVE = { label: "Messages", to: "/messages" } as const;
const PAGE = 30;

type Conversation = NonNullable<ConversationQuery["conversation"]>;

/** What was written with one contact, live, and the answer to it. */
export function ConversationPage() {
  const { id } = useParams({ from: "/shell/messages/$id" });
  const { data, error, networkStatus, refetch, fetchMore } = useQuery(ConversationDocument, {
    variables: { id, first: PAGE },
  });
  const conversation = data?.conversation;
  useConversationLive(id);

  if (!conversation) {
    const gone = !error || codeOf(error) === "NOT_FOUND";
    return (
      <>
        <PageHeader title="Conversation" above={ABOVE} />
        {networkStatus === NetworkStatus.loading ? (
          <Bones lines={6} height={32} label="the conversation" />
        ) : gone ? (
          <EmptyState title="There is no such conversation in your estate.">
            <Link to="/messages">See all messages</Link>
          </EmptyState>
        ) : (
          <TroubleNotice error={error} of="The conversation" onRetry={() => refetch()} />
        )}
      </>
    );
  }
  const { contact, messages } = conversation;
  return (
    <>
      <PageHeader
        title={contact.name ?? contact.phone}
        above={ABOVE}
        aside={contact.name && <span className="mono">{contact.phone}</span>}
      />
      <div className={classes.thread}>
        <LoadMore page={messages.pageInfo} networkStatus={networkStatus} fetchMore={fetchMore} size="xs">
          Earlier messages
        </LoadMore>
        {messages.nodes.length === 0 && <p className="dimmed">Nothing was written yet.</p>}
        <ol className={classes.messages} aria-label="Messages" aria-live="polite">
          {messages.nodes.toReversed().map((message) => (
            <MessageBubble key={message.id} message={message} />
          ))}
        </ol>
        <Reply conversation={conversation} />
      </div>
      <MarkRead conversation={conversation} />
    </>
  );
}

function useConversationLive(conversationId: string) {
  const { live } = useServices();
  const client = useApolloClient();
  useEffect(() => {
    let cursor: string | null = null;
    return live.watch(
      MessageAddedDocument,
      () => ({ conversationId, after: cursor }),
      ({ messageAdded }) => {
        cursor = messageAdded.cursor;
        addMessage(client.cache, conversationId, messageAdded.message);
      },
    );
  }, [live, client, conversationId]);
}

/** What is seen is read: at once, and whenever something new comes while one looks. */
function MarkRead({ conversation }: { conversation: Conversation }) {
  const [mark] = useMutation(MarkConversationReadDocument);
  const visible = useVisible();
  const newest = conversation.messages.nodes[0]?.id;
  useEffect(() => {
    if (!visible || newest === undefined) return;
    // Unread is only a mark: when it cannot be taken away now, the next look does.
    mark({ variables: { input: { conversationId: conversation.id } } }).catch(() => undefined);
  }, [mark, visible, newest, conversation.id]);
  return null;
}

function Reply({ conversation }: { conversation: Conversation }) {
  const client = useApolloClient();
  const may = useMay("message:send");
  const [send] = useMutation(SendMessageDocument);
  const [text, setText] = useState("");
  const action = useAction();
  const intent = useIntent();
  if (!may) return <p className="dimmed">You may read, but not answer.</p>;
  if (conversation.contact.optedOut) return <p className="dimmed">This contact does not want to be written to.</p>;

  const reply = async () => {
    const input = { conversationId: conversation.id, text: text.trim() };
    if (input.text === "") return "Write something first.";
    const answer = await send({ variables: { input: { ...input, idempotencyKey: intent.keyFor(input) } } });
    const result = answer.data?.sendMessage;
    if (!result) return NO_ANSWER;
    intent.settle();
    if (result.__typename !== "Message") return result.problem;
    addMessage(client.cache, conversation.id, result);
    setText("");
    return null;
  };
  return (
    <form
      className={classes.reply}
      noValidate
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        action.run(reply);
      }}
    >
      {conversation.session.status !== "CONNECTED" && (
        <p className="dimmed">The phone is not connected: the message waits until it is.</p>
      )}
      <Textarea
        aria-label="Your answer"
        placeholder="Write an answer"
        rows={2}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <ProblemText>{action.problem}</ProblemText>
      <Button type="submit" loading={action.busy}>
        Send
      </Button>
    </form>
  );
}
