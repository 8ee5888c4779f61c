"""`python -m autoretrain_assets.cli`, where no script is installed."""

from autoretrain_assets.cli import main

main()
