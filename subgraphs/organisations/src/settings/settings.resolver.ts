import {
  homeOrganisation,
  jsonOf,
  NotFoundFault,
  SETTING_DEFINITIONS,
  SETTING_KEYS,
  type SettingKey,
  type StreamedEvent,
  type SubgraphKit,
  variableOf,
} from "@tollgate/kit";
import {
  Arg,
  Ctx,
  Directive,
  FieldResolver,
  ID,
  Mutation,
  type OperationContext,
  outcome,
  Query,
  Resolver,
  Root,
  type SubscribeArguments,
  Subscription,
} from "@tollgate/kit/graphql";
import { User } from "../members/members.types.js";
import { type OrganisationNode, organisationsById } from "../tree/tree.js";
import { Organisation } from "../tree/tree.types.js";
import { type ChangeOfSetting, watchSettings } from "./changes.js";
import { type ResolvedSetting, requireKey, requireKeys, settingOf, settingsByOrganisation } from "./resolved.js";
import {
  ResetSettingInput,
  SetSettingInput,
  Setting,
  SettingChange,
  SettingDefinition,
  SettingResult,
} from "./settings.types.js";
import { resetSetting, setSetting } from "./writing.js";

const definitionOf = (key: SettingKey): SettingDefinition => {
  const definition = SETTING_DEFINITIONS[key];
  const { type, title, description, writeLevel } = definition;
  const isNumber = type === "INTEGER" || type === "DURATION";
  return {
    key,
    type,
    title,
    description,
    writeLevel,
    default: jsonOf(definition.default),
    allowedValues: type === "ENUM" ? definition.allowedValues : null,
    minimum: isNumber ? definition.minimum : null,
    maximum: isNumber ? definition.maximum : null,
    unit: (isNumber && definition.unit) || null,
    isSecret: type === "SECRET",
    variable: variableOf(key),
  };
};

/** A change with what the setting resolves to by now. */
interface ResolvedChange {
  cursor: string;
  setting: ResolvedSetting;
}

@Resolver(() => Organisation)
export class OrganisationSettingsResolver {
  @Directive('@requiresScopes(scopes: [["setting:read"]])')
  @Directive("@listSize(assumedSize: 100)")
  @Query(() => [SettingDefinition], { nullable: true, description: "The registry of all settings." })
  settingDefinitions(): SettingDefinition[] {
    return SETTING_KEYS.map(definitionOf);
  }

  @Directive('@requiresScopes(scopes: [["setting:read"]])')
  @Directive("@listSize(assumedSize: 100)")
  @FieldResolver(() => [Setting], {
    nullable: true,
    description: "All settings as they resolve here, or the named keys.",
  })
  async settings(
    @Root() node: OrganisationNode,
    @Ctx() context: OperationContext,
    @Arg("keys", () => [String], { nullable: true }) keys?: string[],
  ): Promise<ResolvedSetting[]> {
    const wanted = requireKeys(keys);
    const settings = await context.loader(settingsByOrganisation).load(node.id);
    if (!settings) throw new NotFoundFault("organisation", node.id);
    return settings.filter(({ key }) => wanted === null || wanted.has(key));
  }
}

@Resolver(() => Setting)
export class SettingResolver {
  constructor(private readonly kit: SubgraphKit) {}

  @Directive('@requiresScopes(scopes: [["setting:write"]])')
  @Mutation(() => SettingResult as never, {
    nullable: true,
    description: "At this organisation; those below inherit it. Every process sees it within a second.",
  })
  setSetting(@Arg("input", () => SetSettingInput) input: SetSettingInput, @Ctx() context: OperationContext) {
    const organisationId = input.organisationId ?? homeOrganisation(context.caller);
    return outcome(SettingResult, () =>
      context.write(async (tx) => {
        const key = await setSetting(tx, this.kit.settingKeys, { ...input, organisationId });
        return await settingOf(tx, organisationId, key);
      }),
    );
  }

  @Directive('@requiresScopes(scopes: [["setting:write"]])')
  @Mutation(() => SettingResult as never, {
    nullable: true,
    description: "Takes the organisation's own value away, so that the inherited one counts again.",
  })
  resetSetting(@Arg("input", () => ResetSettingInput) input: ResetSettingInput, @Ctx() context: OperationContext) {
    const organisationId = input.organisationId ?? homeOrganisation(context.caller);
    return outcome(SettingResult, () =>
      context.write(async (tx) => {
        const key = await resetSetting(tx, { ...input, organisationId });
        return await settingOf(tx, organisationId, key);
      }),
    );
  }

  @FieldResolver(() => SettingDefinition)
  definition(@Root() { key }: ResolvedSetting): SettingDefinition {
    return definitionOf(key);
  }

  @FieldResolver(() => Organisation, {
    nullable: true,
    description: "Where above it is written; null where the caller's estate does not reach.",
  })
  inheritedFrom(@Root() { inheritedFrom }: ResolvedSetting, @Ctx() context: OperationContext) {
    return inheritedFrom === null ? null : context.loader(organisationsById).load(inheritedFrom);
  }

  @FieldResolver(() => User, { nullable: true })
  changedBy(@Root() { changedBy }: ResolvedSetting) {
    return changedBy === null ? null : { id: changedBy };
  }
}

interface Watched {
  organisationId?: string | null;
  keys?: string[] | null;
  after?: string | null;
}

@Resolver(() => SettingChange)
export class SettingChangeResolver {
  constructor(private readonly kit: SubgraphKit) {}

  @Directive('@requiresScopes(scopes: [["setting:read"]])')
  @Subscription(() => SettingChange, {
    description: "Settings of one organisation as they resolve there, from whatever level they changed. Never dropped.",
    subscribe: ({ args, context }: SubscribeArguments<Watched>) =>
      context.resolver(SettingChangeResolver).source(context, args),
  })
  async settingChanged(
    @Root() { cursor, payload }: StreamedEvent,
    @Ctx() context: OperationContext,
    @Arg("organisationId", () => ID, { nullable: true }) organisationId?: string,
    @Arg("keys", () => [String], { nullable: true }) _keys?: string[],
    @Arg("after", () => String, { nullable: true }) _after?: string,
  ): Promise<ResolvedChange> {
    const key = requireKey((payload as ChangeOfSetting).key); // all events of the topic have at least this
    const watched = organisationId ?? homeOrganisation(context.caller);
    return { cursor, setting: await context.read((tx) => settingOf(tx, watched, key)) };
  }

  source(context: OperationContext, { organisationId, keys, after }: Watched) {
    return watchSettings(this.kit, context.caller, {
      organisationId: organisationId ?? homeOrganisation(context.caller),
      keys: requireKeys(keys),
      after: after ?? null,
    });
  }

  @FieldResolver(() => Organisation, { nullable: true })
  organisation(@Root() { setting }: ResolvedChange, @Ctx() context: OperationContext) {
    return context.loader(organisationsById).load(setting.organisationId);
  }

  @FieldResolver(() => Setting)
  setting(@Root() { setting }: ResolvedChange): ResolvedSetting {
    return setting;
  }
}
