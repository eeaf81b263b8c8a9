import { describe, expect, it } from 'vitest'
import { changesOf } from '../../../src/main/services/settings-changes'
import { voicePresets } from '../../../src/shared/voice-presets'
import { wizardSettings } from '../../support/fresh-desk'

describe('changesOf', () => {
  it('names the fields of calls and mails as the file does, and no text that may hold a key', () => {
    const before = wizardSettings()
    const voice = { ...voicePresets.twilio.settings, body: 'key=very-hidden&{to}{text}', sender: '+81312345678' }
    const mailOut = {
      host: 'mail.sakura.example',
      port: 587,
      security: 'starttls' as const,
      userName: 'desk',
      from: 'desk@sakura.example',
      fromName: null,
      ca: null,
    }
    const changes = changesOf(before, { ...before, voice, mailOut, mailDomains: ['sakura.example'] })

    expect(changes).toMatchObject({
      'smtp.host': '– → mail.sakura.example',
      'voice.sender': '– → +81312345678',
      mailDomains: '– → sakura.example',
    })
    const changed = (changes['changed'] ?? '').split(' ')
    expect(changed).toEqual(expect.arrayContaining(['voice.body', 'voice.url', 'voice.headers', 'voice.delivery']))
    for (const name of ['voice.body', 'voice.url', 'voice.headers', 'voice.delivery']) {
      expect(changes).not.toHaveProperty([name])
    }
    expect(JSON.stringify(changes)).not.toContain('very-hidden')
  })
})
