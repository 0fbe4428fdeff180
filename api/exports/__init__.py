"""What can be taken away as a table: logged questions, doctrines, vignettes, each with its data dictionary."""
