# A commit takes a file out of a folder: the pass that follows has nothing to apply, only an object to delete. It did so
# while Ready=True still spoke of the revision that has the object; a process that ended then would have left it so.
seed 1
remove-file 5404 35328 23186 10597
