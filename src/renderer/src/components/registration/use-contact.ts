import { onUnmounted, ref, watch, type Ref } from 'vue'
import type { MailInput, PhoneInput } from '../../stores/registration'
import type { PhoneType } from './method-rules'

type ContactFault = 'number-missing' | 'extension-invalid' | 'address-missing' | 'address-invalid'

interface Contact {
  readonly number: Ref<string>
  readonly extension: Ref<string>
  readonly address: Ref<string>
  readonly channel: Ref<'sms' | 'voice'>
  /** The directory's is taken, where one is offered. */
  readonly offered: Ref<boolean>
  /** What is missing before anything is sent; whether a number can be dialled, main says. */
  readonly numberFault: (isOffered: boolean, hasExtension: boolean) => ContactFault | null
  readonly addressFault: (isOffered: boolean) => ContactFault | null
  readonly phone: (field: PhoneInput['offer'], type: PhoneType) => Pick<PhoneInput, 'number' | 'offer' | 'extension'>
  readonly mail: (isOffered: boolean) => Pick<MailInput, 'address' | 'offer'>
  readonly forget: () => void
}

/** A number or an address while it is typed: local to the dialog, and gone as soon as it was sent. */
export function useContact(): Contact {
  const number = ref('')
  const extension = ref('')
  const address = ref('')
  const channel = ref<'sms' | 'voice'>('sms')
  const offered = ref(false)

  function forget(): void {
    number.value = ''
    extension.value = ''
    address.value = ''
  }

  watch(offered, forget)
  onUnmounted(forget)
  return {
    number,
    extension,
    address,
    channel,
    offered,
    numberFault: (isOffered, hasExtension) => {
      if (!(isOffered && offered.value) && number.value.trim() === '') return 'number-missing'
      const digits = extension.value.normalize('NFKC').trim()
      return hasExtension && !/^\d{0,12}$/u.test(digits) ? 'extension-invalid' : null
    },
    addressFault: (isOffered) => {
      if (isOffered && offered.value) return null
      const typed = address.value.trim()
      if (typed === '') return 'address-missing'
      return /^[^\s@]+@[^\s@]+$/u.test(typed.normalize('NFKC')) ? null : 'address-invalid'
    },
    phone: (field, type) => ({
      number: offered.value && field !== null ? '' : number.value,
      offer: offered.value ? field : null,
      extension: type === 'office' ? extension.value.normalize('NFKC').trim() : '',
    }),
    mail: (isOffered) => {
      const taken = isOffered && offered.value
      return { address: taken ? '' : address.value, offer: taken ? 'mail' : null }
    },
    forget,
  }
}
