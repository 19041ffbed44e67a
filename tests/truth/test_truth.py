# test_truth.py: the verdicts of the plugin equal the socket states the kernels reported when each
# capture ended, on the second pass and, so far as it can know, in one pass.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import concurrent.futures
import os

import pytest

from verdicts import disagreements, truths, verdicts

TRUTHS = truths()
PASSES = {'one pass': False, 'two passes': True}
SAMPLE = 'close_server_first', 'two passes'


@pytest.fixture(scope='module')
def told(request):
    """What tshark says for the selected tests, asked for at once so that no processor idles."""
    selected = [item.callspec.params for item in request.session.items if hasattr(item, 'callspec')]
    wanted = {(p['name'], p['passes']) for p in selected if 'passes' in p} | {SAMPLE}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        yield {(name, passes): pool.submit(verdicts, name, PASSES[passes])
               for name, passes in sorted(wanted)}


@pytest.mark.parametrize('passes', PASSES)
@pytest.mark.parametrize('name', TRUTHS)
def test_kernels_agree(told, name, passes):
    found = told[name, passes].result()
    wrong = list(disagreements(TRUTHS[name], found, PASSES[passes]))
    if wrong:
        pytest.fail(f'{name} ({TRUTHS[name]["shows"]}), {passes}:\n  ' + '\n  '.join(wrong),
                    pytrace=False)


@pytest.mark.parametrize('word, value', [('client.state', 'LISTEN'), ('handshake', 'refused'),
                                         ('close', 'rst'), ('close.by', 'client')])
def test_a_wrong_word_is_noticed(told, word, value):
    """The comparison itself can fail."""
    found = [dict(got) for got in told[SAMPLE].result()]
    found[0][word] = value
    wrong = list(disagreements(TRUTHS[SAMPLE[0]], found, True))
    assert any(line.split(': ')[1] == word for line in wrong)
