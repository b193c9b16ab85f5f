/** Signal that two values must be compared by their JSON forms, because these don't show all that differs as it is. */
export class NotDirect extends Error {}
