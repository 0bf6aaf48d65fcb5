import { NotFoundFault } from "./fault.js";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a client's text has the form of an id; what has not is looked for nowhere and NOT_FOUND. */
export const isId = (text: string): boolean => UUID.test(text);

/**
 * The id as the database writes it.
 * @throws NotFoundFault for what has not the form of an id: it looks like an unknown one.
 */
export const requireId = (resource: string, id: string): string => {
  if (!isId(id)) throw new NotFoundFault(resource, id);
  return id.toLowerCase();
};
