/** Mails of the intake: the list to sort, a mail, the templates. */
export const intake = {}
