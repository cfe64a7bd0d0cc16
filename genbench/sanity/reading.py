"""What a reader is told beside the tables: how the checks work, and how to read what they found.

Boards have other rules (`genbench.report.reading`), for they rank models and judge nothing.
Between backticks are names.
"""

RULES = (
    "Each check makes samples of known truth and turns a knob: the more of a fault there is, the"
    " worse a metric that claims to see it must get. Nothing is judged by eye, and no threshold was"
    " chosen.",
    "`+` the response is as claimed and `-` the opposite, at 1 % after Holm's correction over all"
    " checks of the metric; `·` is undecided, which is not failed. In brackets: the metric claims"
    " nothing there, and the letter tells what it happens to do.",
    "Getting worse is tested by Page's test over seeds; the strength is the mean rank correlation"
    " of the loss with the knob, from 1 (always worse) over 0 (no response) to -1 (always better).",
    "A known or declared value holds if it lies within three standard errors of the mean.",
    "What must not matter may move a metric by no more than two draws of the same samples differ;"
    " the strength is 1 if it does not move at all, and -1 if it moves by as much.",
    "A desideratum's score is the mean strength over families of checks, with a 95 % interval over"
    " seeds and checks drawn anew; the least family stands beside it.",
    "A metric that is listed nowhere lacks what these checks give: a pool of rivals, for instance.",
)
HUMAN = (
    "Spearman's correlation of a metric's order of published models with how often people take"
    " their pictures for real; 95 % interval over models and participants. The ceiling is how well"
    " two halves of the participants agree. The score is the correlation over the ceiling, a mean"
    " over data sets, of the numbers on DINOv2 alone; its interval is over data sets as well."
    " Numbers of Stein et al., https://arxiv.org/abs/2306.04675"
)
SAME = (
    "Spearman's correlation of two metrics' losses, ranked within each check of a fault and each"
    " seed; families of checks weigh the same. Metrics that have fewer than three families in"
    " common with all others are left out."
)
