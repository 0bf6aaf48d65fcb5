import { useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { useState } from "react";
import { useFormats, useMay, usePerson } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { Dialog } from "../components/Dialog.js";
import { EmptyState } from "../components/EmptyState.js";
import { Panel } from "../components/Panel.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { TaxRatesDocument } from "../gql/graphql.js";
import { percentWords } from "./basis-points.js";
import classes from "./Prices.module.css";
import { SetTax } from "./SetTax.js";

/** The table of taxes: what comes on top of every price, by country and date. */
export function TaxesView() {
  const formats = useFormats();
  const isOperator = usePerson()?.organisation?.kind === "INTERNAL";
  const manages = useMay("price:manage") && isOperator;
  const [setting, setSetting] = useState(false);
  const { data, error, loading, refetch } = useQuery(TaxRatesDocument, { fetchPolicy: "cache-and-network" });
  const rates = data?.taxRates;
  const again = () => {
    refetch().catch(() => undefined); // told by the query's own error
  };
  return (
    <Panel
      title="Taxes"
      aside={
        manages && (
          <Button size="xs" onClick={() => setSetting(true)}>
            New rate
          </Button>
        )
      }
    >
      <p className={classes.note}>
        Prices are without tax; it comes on top of every charge at the rate of that day. Bills that were issued keep
        theirs.
      </p>
      {rates && rates.length > 0 && (
        <table className={classes.rates}>
          <caption className="visually-hidden">Tax rates</caption>
          <thead>
            <tr>
              <th scope="col">Country</th>
              <th scope="col">Tax</th>
              <th scope="col" className="numeric">
                Rate
              </th>
              <th scope="col">From</th>
            </tr>
          </thead>
          <tbody>
            {rates.map(({ country, name, basisPoints, effectiveFrom }) => (
              <tr key={`${country} ${effectiveFrom}`}>
                <th scope="row">{country}</th>
                <td>{name}</td>
                <td className="numeric">{percentWords(basisPoints, formats.locale)}</td>
                <td>{formats.dateTime(effectiveFrom)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {rates?.length === 0 && (
        <EmptyState title="No taxes">Until a rate is set, none is added to any charge.</EmptyState>
      )}
      {!rates && loading && <Bones lines={3} height={32} label="the taxes" />}
      {!rates && error && <TroubleNotice error={error} of="The taxes" onRetry={again} />}
      <Dialog title="New tax rate" open={setting} onClose={() => setSetting(false)}>
        <SetTax
          onCancel={() => setSetting(false)}
          onDone={() => {
            setSetting(false);
            again();
          }}
        />
      </Dialog>
    </Panel>
  );
}
