import { organisationInScope, type Tx } from "@tollgate/kit";
import {
  Arg,
  Ctx,
  Directive,
  FieldResolver,
  ID,
  Int,
  Mutation,
  type OperationContext,
  outcome,
  Query,
  Resolver,
  Root,
} from "@tollgate/kit/graphql";
import { usersById } from "../users/users.js";
import { User } from "../users/users.types.js";
import {
  type ApiKeyRow,
  apiKeyById,
  apiKeysOf,
  createApiKey,
  revokeApiKey,
  rotateApiKey,
  type ShownSecret,
  stateOf,
} from "./api-keys.js";
import {
  ApiKey,
  ApiKeyConnection,
  ApiKeyResult,
  ApiKeySecretResult,
  ApiKeyState,
  CreateApiKeyInput,
  Organisation,
  RevokeApiKeyInput,
  RotateApiKeyInput,
} from "./api-keys.types.js";
import { SecretIssuing } from "./issuing.js";
import { ApiKeySecrets } from "./secrets.js";

const READS = '@requiresScopes(scopes: [["apiKey:read"]])';
const MANAGES = '@requiresScopes(scopes: [["apiKey:manage"]])';
const USUAL_OVERLAP_MINUTES = 60;

@Resolver(() => ApiKey)
export class ApiKeysResolver {
  private readonly secrets: ApiKeySecrets;
  private readonly issuing: SecretIssuing;

  constructor(
    masterSecret: string,
    private readonly clock: () => Date,
  ) {
    this.secrets = new ApiKeySecrets(masterSecret);
    this.issuing = new SecretIssuing(masterSecret);
  }

  @Directive(READS)
  @Directive('@listSize(slicingArguments: ["first"], sizedFields: ["edges", "nodes"])')
  @Query(() => ApiKeyConnection, { nullable: true, description: "Keys of the estate, newest first." })
  apiKeys(
    @Ctx() context: OperationContext,
    @Arg("first", () => Int, { nullable: true, defaultValue: 20 }) first?: number,
    @Arg("after", () => String, { nullable: true }) after?: string,
    @Arg("organisationId", () => ID, { nullable: true }) organisationId?: string,
  ) {
    return context.read(async (tx) => {
      if (organisationId) await organisationInScope(tx, organisationId);
      return apiKeysOf(tx, { first, after }, organisationId ?? null);
    });
  }

  @Directive(MANAGES)
  @Mutation(() => ApiKeySecretResult as never, {
    nullable: true,
    description: "The secret is shown once. Never more permissions than its maker holds.",
  })
  createApiKey(@Arg("input", () => CreateApiKeyInput) input: CreateApiKeyInput, @Ctx() context: OperationContext) {
    return this.show(context, (tx, now) =>
      this.issuing.once(tx, "createApiKey", input, now, () => createApiKey(tx, input, this.secrets, now)),
    );
  }

  @Directive(MANAGES)
  @Mutation(() => ApiKeySecretResult as never, {
    nullable: true,
    description: "A new secret; the old one works on for overlapMinutes.",
  })
  rotateApiKey(@Arg("input", () => RotateApiKeyInput) input: RotateApiKeyInput, @Ctx() context: OperationContext) {
    const wish = { apiKeyId: input.apiKeyId, overlapMinutes: input.overlapMinutes ?? USUAL_OVERLAP_MINUTES };
    return this.show(context, (tx, now) =>
      this.issuing.once(tx, "rotateApiKey", input, now, () => rotateApiKey(tx, wish, this.secrets, now)),
    );
  }

  @Directive(MANAGES)
  @Mutation(() => ApiKeyResult as never, {
    nullable: true,
    description: "At once, on every replica within a second.",
  })
  revokeApiKey(
    @Arg("input", () => RevokeApiKeyInput) { apiKeyId }: RevokeApiKeyInput,
    @Ctx() context: OperationContext,
  ) {
    return outcome(ApiKeyResult, async () => {
      const id = await context.write((tx) => revokeApiKey(tx, apiKeyId, this.clock()));
      return context.read((tx) => apiKeyById(tx, id));
    });
  }

  @FieldResolver(() => Organisation, { nullable: true })
  organisation(@Root() { organisationId }: ApiKeyRow): Organisation {
    return { id: organisationId };
  }

  @FieldResolver(() => User, { nullable: true })
  createdBy(@Root() { createdBy }: ApiKeyRow, @Ctx() context: OperationContext) {
    return context.loader(usersById).load(createdBy);
  }

  @FieldResolver(() => ApiKeyState)
  state(@Root() key: ApiKeyRow): keyof typeof ApiKeyState {
    return stateOf(key, this.clock());
  }

  private show(context: OperationContext, work: (tx: Tx, now: Date) => Promise<ShownSecret>) {
    return outcome(ApiKeySecretResult, async () => {
      const { id, secret } = await context.write((tx) => work(tx, this.clock()));
      return { apiKey: await context.read((tx) => apiKeyById(tx, id)), secret };
    });
  }
}
