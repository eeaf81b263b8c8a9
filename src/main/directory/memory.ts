import type { DirectoryOptions } from './index'
import type { Directory, DirectorySession } from './directory'
export class SampleDirectory implements Directory {
  constructor(readonly options: DirectoryOptions) {}
  signIn(): Promise<DirectorySession> {
    return Promise.reject(new Error('x'))
  }
}
