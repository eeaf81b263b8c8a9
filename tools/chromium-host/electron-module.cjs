// What `require('electron')` loads under the host.
module.exports = globalThis[Symbol.for('chromium-host.electron')]
