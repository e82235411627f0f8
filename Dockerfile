# The image holds the binary, the certificates of public authorities, the licences of what is in it, and nothing else: no shell, no package manager.
# `make image` puts these files together and builds it; they are the build context.
FROM scratch
COPY root/ /
# Where --dangerous-auto-logon writes, and where a relative sqlite:// file goes. A volume keeps it.
COPY --chown=65532:65532 home/ /home/
ENV HOME=/home/hydra
WORKDIR /home/hydra
USER 65532:65532
EXPOSE 4444
HEALTHCHECK --interval=10s --timeout=6s --start-period=5s CMD ["/hydra", "health", "--local"]
# Flags alone mean `hydra host`; any other command can follow as well.
ENTRYPOINT ["/hydra"]
CMD ["host"]
