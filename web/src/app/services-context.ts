import { createContext, useContext, useMemo, useSyncExternalStore } from "react";
import { createFormats, type Formats } from "../format/formats.js";
import type { Person, Services } from "./services.js";
import type { ReadableStore } from "./store.js";

export const ServicesContext = createContext<Services | null>(null);

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (!services) throw new Error("The page stands outside of the app's services");
  return services;
}

export function useStore<T>(store: ReadableStore<T>): T {
  return useSyncExternalStore(store.subscribe, store.get);
}

export function usePerson(): Person | null {
  return useStore(useServices().person);
}

/** Whether the interface may offer what the permission allows; the server decides in any case. */
export function useMay(permission: string): boolean {
  const permissions = usePerson()?.permissions;
  return permissions ? permissions.includes(permission) : true;
}

/** Formatters in the person's locale and zone. */
export function useFormats(): Formats {
  const person = usePerson();
  const locale = person?.locale ?? navigator.language;
  const timeZone = person?.timeZone ?? null;
  return useMemo(() => createFormats({ locale, timeZone }), [locale, timeZone]);
}
