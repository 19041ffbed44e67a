# programs.py: a web server for the captures that come from real programs.
# Its files live in a temporary folder and go with it.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import os
import subprocess
import tempfile
import time

CONFIG = '''daemon off; master_process off; worker_processes 1; pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off; keepalive_timeout 65; keepalive_requests 10000;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{ {listen} root {folder}/html;
    location /paused {{ limit_rate_after 2k; limit_rate 8k; }} }}
}}
'''
# The first 10 kB of a paused page leave at once, the rest a second later.
PAGES = {'index.html': 600, 'large.html': 12_000, 'paused.html': 15_000}


class Nginx:
    def __init__(self, ns, address, ports):
        self._folder = tempfile.TemporaryDirectory()
        folder = self._folder.name
        host = f'[{address}]' if ':' in address else address
        listen = ' '.join(f'listen {host}:{port};' for port in ports)
        os.mkdir(folder + '/html')
        for page, octets in PAGES.items():
            with open(f'{folder}/html/{page}', 'w', encoding='ascii') as f:
                f.write('sockusage '.ljust(octets, '.'))
        with open(folder + '/nginx.conf', 'w', encoding='ascii') as f:
            f.write(CONFIG.format(folder=folder, listen=listen))
        self._process = ns.start(['nginx', '-e', folder + '/error.log', '-c',
                                  folder + '/nginx.conf'], stderr=subprocess.DEVNULL)
        self._wait_for(folder + '/pid')

    def _wait_for(self, pid_file):
        for _ in range(200):
            if os.path.exists(pid_file) and os.path.getsize(pid_file):
                time.sleep(0.05)
                return
            time.sleep(0.02)
        raise RuntimeError('nginx does not start')

    def stop(self):
        self._process.terminate()
        self._process.wait(timeout=10)
        self._folder.cleanup()
