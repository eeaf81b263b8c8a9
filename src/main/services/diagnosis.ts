import { AppError } from '../../shared/errors'
import type { PersonId } from '../../shared/model/common'
import type { Diagnosis } from '../../shared/model/diagnosis'
import type { Acting } from './session'

/** Which of the article's three errors a person meets, why exactly, and what mends it. The rules are in `domain/diagnosis.ts`. */
export class DiagnosisService {
  /** Keeps the cause with the request. */
  async ofRequest(_acting: Acting, _requestId: string): Promise<Diagnosis> {
    throw new AppError('not-available')
  }

  async ofPerson(_acting: Acting, _personId: PersonId): Promise<Diagnosis> {
    throw new AppError('not-available')
  }
}
