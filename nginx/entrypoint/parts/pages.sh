# The pages of Nginx's own errors.
