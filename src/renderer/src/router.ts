import { createMemoryHistory, createRouter } from 'vue-router'
import ApprovalsView from './views/ApprovalsView.vue'
import AuditView from './views/AuditView.vue'
import CallView from './views/CallView.vue'
import PeopleView from './views/PeopleView.vue'
import QueueView from './views/QueueView.vue'
import SettingsView from './views/SettingsView.vue'

/** In memory only: which person or request was open is nobody's business after the window closes. */
export const router = createRouter({
  history: createMemoryHistory(),
  routes: [
    { path: '/', redirect: '/queue' },
    { path: '/queue', name: 'queue', component: QueueView },
    { path: '/call/:requestId?', name: 'call', component: CallView },
    { path: '/people', name: 'people', component: PeopleView },
    { path: '/approvals', name: 'approvals', component: ApprovalsView },
    { path: '/audit', name: 'audit', component: AuditView },
    { path: '/settings', name: 'settings', component: SettingsView },
  ],
})
