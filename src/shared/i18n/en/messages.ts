/** What main itself says: text messages to people, desktop notifications. */
export const messages = {
  sms: {
    /** At most 160 characters of the GSM alphabet with the name: `domain/sms-text.ts` cuts the name. */
    code: '{organisation}: code {code}, valid for {minutes} min. Tell it only to the help desk that you called yourself. Nobody else needs it.',
    /** For an organisation whose name the GSM alphabet cannot write. */
    helpDesk: 'Help desk',
  },
  notification: {
    /** Number or count only: others see the screen too. */
    newOne: 'New request #{number}',
    newMany: '{count} new requests',
    overdueOne: 'Request #{number} is overdue',
    overdueMany: '{count} requests are overdue',
    openOne: 'Click to open it.',
    openMany: 'Click to open the queue.',
  },
}
