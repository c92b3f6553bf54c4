from chassis.run import main

from catalog.main import SERVICE

raise SystemExit(main(SERVICE))
