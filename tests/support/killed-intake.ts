import { openIntake } from './intake'
import type { MailboxAccess } from './intake'

/**
 * Takes mails from this mailbox into the desk in `folder` until the process is killed, with a line on standard output
 * when it begins and for each batch. Matches as the sample organisation's ito.kenta: nobody signs in here.
 */
export async function takeUntilKilled(folder: string, access: MailboxAccess): Promise<never> {
  const { intake } = await openIntake({
    folder,
    access,
    identity: 'ito.kenta',
    around: (parts) => ({
      ...parts,
      emit: (name) => {
        if (name === 'intake-changed') process.stdout.write('taken\n')
      },
    }),
  })
  intake.start()
  process.stdout.write('taking\n')
  for (;;) await new Promise((resolve) => setTimeout(resolve, 60_000))
}
