import '@fontsource-variable/inter';
import './styles/tokens.css';
import './styles/base.css';
import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './App.vue';
import { i18n } from './locales/i18n';

createApp(App).use(createPinia()).use(i18n).mount('#window');
