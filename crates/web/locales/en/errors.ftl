# Error pages: what is the matter, and what you can do
error-400-title = This request is not right
error-400-text = The program does not understand what is asked. Go back, open the page again and try once more.
error-403-title = This is not allowed
error-403-text = Your role may not see or do this. Ask the coordinator of your LVV if you need it for your work.
error-404-title = Not found
error-404-text = This page or file does not exist, or you have no access to it. Check the address or search for the participant.
error-405-title = This is not possible here
error-405-text = This page cannot be used in this way. Go back and use the button or link on the page.
error-409-title = Someone else changed this
error-409-text = Nothing was saved: a colleague changed the same thing in the meantime. Open the file again, look at what changed and fill in the form once more.
error-413-title = This is too large
error-413-text = What you send is too large. A form may be 1 MB at most. Make the text shorter and send it again.
error-415-title = This is not a form
error-415-text = The program expects a filled-in form. Use the form on the page.
error-422-title = This cannot be saved
error-422-text = Something is wrong in what you entered. Nothing was saved. Go back and correct the form.
error-asked-title = This cannot be shown like this
error-429-title = Too many attempts
error-429-text = There were too many attempts to sign in. Wait a moment and try again.
error-429-wait = { $seconds ->
    [one] You can try again in 1 second.
   *[other] You can try again in { $seconds } seconds.
 }
error-500-title = Something went wrong in the program
error-500-text = This is not your fault. Try again. Does it happen once more? Then give this number to the administrator.
error-503-title = This takes too long
error-503-text = The program is too busy or is being updated. Wait a moment and try again. First look whether your change has been saved.
error-reference = Number of this error: { $number }
error-home = To Today
error-cross-site = This form came from another website. Open the page in Bestendig itself and send the form from there.
error-csrf = This form is too old or is not from this session. Open the page again and fill it in once more.
error-not-a-form = A form was expected, but this is { $type }. Use the form on the page.
error-malformed-field = The field "{ $field }" cannot be read: its characters are damaged. Send the form again from the page.
error-unknown-field = The field "{ $field }" is not part of this form. Open the page again and send the form that is there.
error-repeated-field = The field "{ $field }" is there more than once. Send the form again from the page.
error-not-a-form-no-type = A form was expected, but it does not say what this is. Use the form on the page.
