# Others kept changing this at the same moment
error-overtaken = Nothing was saved: colleagues changed this at the same moment. What you entered is still there. Send the form again.
