import { NotFoundFault } from "@tollgate/kit";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a client's text has the form of an id. */
export const isUuid = (text: string): boolean => UUID.test(text);

/** @throws NotFoundFault for what cannot be an id: it looks like an unknown one. */
export const requireId = (resource: string, id: string): void => {
  if (!isUuid(id)) throw new NotFoundFault(resource, id);
};
