import { Fragment } from "react";
import { Panel } from "../components/Panel.js";
import type { QuoteWholeFragment, StorageClass } from "../gql/graphql.js";
import classes from "./Quotes.module.css";

const STORAGE: Record<StorageClass, string> = { STANDARD: "standard", SSD: "SSD", NVME: "NVMe" };

/** The machine that a quote is for, part by part. */
export function QuotedMachine({ vm }: { vm: NonNullable<QuoteWholeFragment["vm"]> }) {
  const facts: [string, string][] = [
    ["Name", vm.name],
    ["Image", vm.image],
    ["Size", `${vm.vcpus} vCPU, ${vm.memoryGb} GB memory`],
    ["Disks", vm.disks.map(({ sizeGb, storage }) => `${sizeGb} GB ${STORAGE[storage]}`).join(", ")],
    ["Bandwidth", vm.bandwidthMbit > 0 ? `${vm.bandwidthMbit} Mbit/s` : "Shared"],
    ["Backup", vm.backup ? "Of all disks" : "None"],
    ...(vm.extraServices.length > 0 ? [["Services", vm.extraServices.join(", ")] as [string, string]] : []),
    ...(vm.licences.length > 0 ? [["Licences", vm.licences.join(", ")] as [string, string]] : []),
  ];
  return (
    <Panel title="Machine">
      <dl className={classes.facts}>
        {facts.map(([name, value]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </Fragment>
        ))}
      </dl>
    </Panel>
  );
}
