import { IconMenu2 } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Dialog } from "../components/Dialog.js";
import classes from "./Navigation.module.css";
import { type Place, placesFor } from "./places.js";
import { usePerson } from "./services-context.js";

const IN_THE_BAR = 4;

/** Where one can go: groups beside the page, or a short bar below it with the rest behind a button. */
export function Navigation() {
  const groups = placesFor(usePerson()?.permissions);
  const bar = groups.flatMap(({ places }) => places.filter(({ phone }) => phone)).slice(0, IN_THE_BAR);
  const [open, setOpen] = useState(false);
  return (
    <>
      <div className={classes.side}>
        {groups.map(({ group, places }) => (
          <PlaceList key={group ?? ""} group={group} places={places} className={classes.places} />
        ))}
      </div>
      <div className={classes.bar}>
        <PlaceList group={null} places={bar} className={classes.barPlaces} />
        <button type="button" className={classes.more} aria-haspopup="dialog" onClick={() => setOpen(true)}>
          <IconMenu2 size={18} stroke={1.6} aria-hidden />
          <span>More</span>
        </button>
        <Dialog title="More" open={open} onClose={() => setOpen(false)}>
          {groups.map(({ group, places }) => (
            <PlaceList
              key={group ?? ""}
              group={group}
              places={places.filter((place) => !bar.includes(place))}
              className={classes.sheetPlaces}
              onLeave={() => setOpen(false)}
            />
          ))}
        </Dialog>
      </div>
    </>
  );
}

interface PlaceListProps {
  group: string | null;
  places: readonly Place[];
  className: string | undefined;
  onLeave?: () => void;
}

function PlaceList({ group, places, className, onLeave }: PlaceListProps) {
  if (places.length === 0) return null;
  return (
    <div>
      {group && <p className={classes.group}>{group}</p>}
      <ul className={className} aria-label={group ?? undefined}>
        {places.map(({ to, label, icon: Icon }) => (
          <li key={to}>
            <Link
              to={to}
              className={classes.place}
              activeOptions={{ exact: to === "/" || to === "/billing" }}
              onClick={onLeave}
            >
              <Icon size={18} stroke={1.6} aria-hidden />
              <span>{label}</span>
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}
