import type { Handlers } from '../../shared/contract'
import type { Workplace } from '../services/workplace'

const readers = ['agent', 'approver', 'admin'] as const

export function intakeHandlers(desk: () => Workplace): Handlers['intake'] {
  return {
    list: (listing) => desk().session.withRole(readers, () => desk().intake.list(listing)),
    get: ({ mailId }) => desk().session.withRole(readers, (acting) => desk().intake.get(acting, mailId)),
    ofRequest: ({ requestId }) => desk().session.withRole(readers, () => desk().intake.ofRequest(requestId)),
    match: ({ mailId, personId }) =>
      desk().session.withOperator((acting) => desk().intake.match(acting, mailId, personId)),
    dismiss: ({ mailId, reason }) =>
      desk().session.withOperator((acting) => desk().intake.dismiss(acting, mailId, reason)),
    templates: () => desk().session.withRole(readers, () => desk().intake.templates()),
    readyTemplates: () => desk().session.withRole(readers, () => desk().intake.readyTemplates()),
    saveTemplates: ({ templates }) =>
      desk().session.withOperator((acting) => desk().intake.saveTemplates(acting, templates)),
    tryTemplates: ({ raw, templates }) =>
      desk().session.withRole(['admin'], () => desk().intake.tryTemplates(raw, templates)),
  }
}
