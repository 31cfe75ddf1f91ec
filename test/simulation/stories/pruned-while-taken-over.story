# One Kustomization prunes what another one takes over with the same commit. It looked at the object, the other one applied it,
# and it deleted what was the other's: a delete was of the uid alone.
seed 3
add-solo 1000 0 1 64
add-solo 10 1 2 64
change-file 30000 1 3 7
remove-file 60000 1 3 0
change-file 1 2 3 8
