import { AppError } from '../../shared/errors'
import type { PersonId } from '../../shared/model/common'
import type { IntakeMail, IntakeMailDetail, IntakeTemplate, TemplateTrial } from '../../shared/model/intake'
import type { ResetRequest } from '../../shared/model/request'
import type { MailStore } from '../stores/stores'
import type { Acting } from './session'

interface MailListing {
  readonly filter: { readonly show: 'to-sort' | 'all' }
  readonly cursor: string | null
  readonly limit: number
}

/** Mails become requests: by themselves where a template and the directory agree on one person, by hand otherwise. */
export class IntakeService {
  async list(_listing: MailListing): ReturnType<MailStore['list']> {
    return { mails: [], nextCursor: null, toSort: 0 }
  }

  async get(_acting: Acting, _mailId: string): Promise<IntakeMailDetail> {
    throw new AppError('mail-not-found')
  }

  async ofRequest(_requestId: string): Promise<IntakeMailDetail[]> {
    return []
  }

  async match(_acting: Acting, _mailId: string, _personId: PersonId): Promise<ResetRequest> {
    throw new AppError('not-available')
  }

  async dismiss(_acting: Acting, _mailId: string, _reason: string): Promise<IntakeMail> {
    throw new AppError('not-available')
  }

  async templates(): Promise<IntakeTemplate[]> {
    return []
  }

  async saveTemplates(_acting: Acting, _templates: readonly IntakeTemplate[]): Promise<IntakeTemplate[]> {
    throw new AppError('not-available')
  }

  async tryTemplates(_raw: string, _templates: readonly IntakeTemplate[]): Promise<TemplateTrial> {
    throw new AppError('not-available')
  }
}
