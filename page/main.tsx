import './styles/styles.css';
import { render } from 'preact';
import { Page } from './frame/page.js';

const root = document.getElementById('page') ?? document.body.appendChild(document.createElement('div'));
render(<Page />, root);
