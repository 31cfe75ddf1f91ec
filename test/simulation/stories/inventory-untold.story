# What was pruned before a wait for health is told with the wait. The status was refused just then, and the end of the wait spoke of
# an inventory that listed what was gone: Ready, for ever, with an object more than there is.
seed 217
partition 0 14043 4532 39339
add-by-hand 39 11936 26230 48894
add-solo 0 64188 59924 62398
edit-by-hand 11 38909 5451 38793
refuse-status 0 35338 21326 56823
slow-watches 1351 17257 26714 25333
break-manifest 30 5588 20826 31760
add-child 4227 38174 28138 61818
push-image 4118 24114 22828 684
revoke-rights 5551 19117 54148 36640
change-workload 1513 62947 17441 10988
kill 539 38979 24254 11916
change-workload 98 39578 2310 35385
registry-down 13813 452 61167 47237
kill 363 20201 14778 6434
change-child 0 18971 26641 3446
remove-image 4787 48597 5290 28033
change-file 2840 56938 49954 5369
impostor 0 3375 47983 4697
change-solo 23128 35939 34534 43585
change-file 0 64965 24050 42928
break-manifest 474 46019 33929 13165
slow-watches 10 10621 31977 28715
request 0 11898 45258 1651
refuse-writes 23491 40197 63829 60987
impostor 8331 55164 14549 28735
change-file 13 38710 34860 58763
mend-manifests 0 2943 24130 36878
storm 36 47696 35853 20163
change-file 0 19398 34374 3767
edit-by-hand 0 1846 51641 5689
refuse-writes 22 15887 22051 49012
edit-by-hand 5147 37743 33622 19854
