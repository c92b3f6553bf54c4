"""What every service stands on: settings, database, problems, access, paging, health, processes."""
